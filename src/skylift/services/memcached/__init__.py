"""Memcached: cache of tokens and catalogues."""
