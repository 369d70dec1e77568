"""What was found: records of dishonesty and honour, and their publication."""
