"""What programs ask for: /api/v1, by token, in JSON; errors as problem+json (RFC 9457)."""
