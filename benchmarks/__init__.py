"""How fast the software is on this machine, measured on data made on the spot: `make bench`, see README.md.

Belongs here: measuring. Nothing of the package imports it, and no test asserts a time.
"""
