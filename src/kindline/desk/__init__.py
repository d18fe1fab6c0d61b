"""What an agent's desk composes while a call goes on: session, prompts, way out, card."""
