"""On what proof: documents by digest and number, their redacted twin, service, sealed copies."""
