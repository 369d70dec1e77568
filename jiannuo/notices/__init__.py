"""Who must know: an outbox of notices, written by actions and sent by the worker."""
