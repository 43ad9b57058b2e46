"""What a profile of purchases is, told by small invented registers; `registers.py` builds them, `oracle.py` judges."""
