# JSON that is no notebook, with a number that no machine holds.
# verdict: others unreadable


def hand_in(path, notebook):
    path.write_text('{"nbformat": 4, "nbformat_minor": 1e999, "cells": {"a": NaN}, "metadata": []}')
