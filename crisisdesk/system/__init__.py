"""The machinery below the services: time, threads, schedules, secrets, news."""
