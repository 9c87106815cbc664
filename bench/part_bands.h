#pragma once
// What real parts are woven like, as the rows of src/compose/part_textures.inc.

#include "corpus/training_file.h"

namespace undersong {

// On the standard output: by style and role, from the tenth to the ninetieth of a hundred of up to
// 200 passages of four bars, those that were learned from and those held out.
void print_part_bands(const TrainingFile& file);

}  // namespace undersong
