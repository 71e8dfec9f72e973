"""Many runs become effects with intervals."""
