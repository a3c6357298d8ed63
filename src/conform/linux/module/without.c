// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What a series has not whose core hands out no numbers of its own. */
#include "src/conform/linux/module/mock.h"

bool mock_taken_can_be_read(void)
{
	return false;
}

int mock_taken_read(struct mock_taken *out)
{
	return -ENOTTY;
}

void mock_events_read(struct mock_events *out)
{
	out->events = 0;
	out->lost = 0;
}

const char *mock_why_not(u32 failure)
{
	return "nothing is attached under PASIDs, and a bind is refused before it allocates: x86 since 6.1.163";
}
