import pytest

pytest.register_assert_rewrite("freesport_pipelines_tests.properties.world")
