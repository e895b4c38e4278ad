"""UBL 2.x despatch and receipt advice: which serial numbers a supplier sent, and which of them arrived."""
