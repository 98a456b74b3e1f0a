// SPDX-License-Identifier: Apache-2.0
#include "CPriceBook.h"

static const unsigned char llm_pricebook[] = {
#embed "pricebook.json"
};

const unsigned char *llm_pricebook_bytes(void) { return llm_pricebook; }

size_t llm_pricebook_size(void) { return sizeof llm_pricebook; }
