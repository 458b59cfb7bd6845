from .assemblies import Assembly

__all__ = ["Assembly"]
