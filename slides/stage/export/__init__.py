"""What an organizer gets: documents, pictures and a web page."""
