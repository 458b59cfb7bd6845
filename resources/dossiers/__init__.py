from .pieces import Piece, register

__all__ = ["Piece", "register"]
