#include "undersong/cli.h"

int main(int argc, char** argv) { return undersong::run_cli(argc, argv); }
