#include "CTokenVocabulary.h"

_Alignas(4) static const unsigned char vocabulary[] = {
#embed "vocabulary.bin"
};

static const unsigned char character_kinds[] = {
#embed "character-kinds.bin"
};

const void *token_vocabulary(void) { return vocabulary; }

const unsigned char *token_character_kinds(void) { return character_kinds; }
