"""The show on stage: what runs, the server, `invoke present`."""
