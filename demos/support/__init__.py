"""What all demos share: their flags, their look, and the things they run against."""
