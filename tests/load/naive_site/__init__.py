"""A site as tutorials write it, to compare with: one view, Keras' own predict, everything else as Django comes.

Fair to it: no DEBUG, no page to render, the network is the one that reads on our site, and it is loaded once.
"""
