"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# No test asserts on time, and a busy machine is no failure.
settings.register_profile("midspan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("midspan")
