"""Tests of the doors and the engine."""
