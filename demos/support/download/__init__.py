"""What the downloader needs: a server, downloads with their figures, the screen."""
