"""What compares ways to run jobs: pools, what they give, and from which size on."""
