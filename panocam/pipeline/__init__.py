"""The only place with threads: sources, channels (view + layers + encoder), hubs, demand."""
