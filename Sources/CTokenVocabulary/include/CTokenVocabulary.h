#pragma once

/// The tokens of o200k_base by hash; the layout is explained in scripts/tokens/vocabulary.py.
const void *_Nonnull token_vocabulary(void);

/// The class of every code point; the layout is explained in scripts/tokens/vocabulary.py.
const unsigned char *_Nonnull token_character_kinds(void);
