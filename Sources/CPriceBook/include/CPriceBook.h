// SPDX-License-Identifier: Apache-2.0
#ifndef C_PRICE_BOOK_H
#define C_PRICE_BOOK_H

#include <stddef.h>

/// The embedded price book: JSON text in constant memory, without a terminating zero.
const unsigned char *llm_pricebook_bytes(void);

/// How many bytes the embedded price book has.
size_t llm_pricebook_size(void);

#endif
