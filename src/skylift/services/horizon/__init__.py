"""Horizon: the dashboard."""
