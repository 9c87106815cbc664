#include "compose/steps.h"
