"""Operations that people do with bags by hand: guarded, recorded and inherited exactly as those of the machines."""
