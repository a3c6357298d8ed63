// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The numbers that address spaces go by. */
#include "src/conform/linux/module/mock.h"

static struct mm_struct *names[MOCK_SPACES + 1];

void mock_name_mm(u32 as, struct mm_struct *mm)
{
	int i;

	for (i = 1; i <= MOCK_SPACES; i++)
		if (names[i] == mm)
			names[i] = NULL; /* the memory of an mm is used again */
	names[as] = mm;
}

u32 mock_name_of(struct mm_struct *mm)
{
	u32 i;

	for (i = 1; i <= MOCK_SPACES; i++)
		if (names[i] == mm)
			return i;
	return 0;
}
