"""What luck leaves open, what not knowing the world leaves open, and what to learn first."""
