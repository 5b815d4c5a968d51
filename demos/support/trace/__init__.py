"""What the trace of an event loop needs: the tracer, and what draws its events."""
