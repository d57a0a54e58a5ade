"""Money: what a policy costs, earns and pays back, with the uncertainty of random numbers and of the world."""
