"""Attribution of the difference within a matched pair of runs, deal by deal."""
