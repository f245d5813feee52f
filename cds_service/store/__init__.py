"""The store: feedback, the record of answers, and on PostgreSQL the tokens already seen."""
