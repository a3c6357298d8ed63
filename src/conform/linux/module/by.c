// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Whose a refusal is: the core's own, or that of the driver which stands in for a vendor's. */
#include "src/conform/linux/module/mock.h"

static bool refused;

int mock_refuse(int err)
{
	WRITE_ONCE(refused, true);
	return err;
}

bool mock_refused(void)
{
	return xchg(&refused, false);
}
