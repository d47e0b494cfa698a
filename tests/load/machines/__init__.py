"""A site of many machines on one: each with a copy of the code and folders of its own, behind one nginx."""
