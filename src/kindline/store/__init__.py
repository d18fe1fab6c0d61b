"""What was analysed, in SQL. Callers own the transaction; analyses in, contract objects out."""
