"""Purchases and profiles of buyers, from 1C's OData to the shop's tables."""
