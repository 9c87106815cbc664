#pragma once
// Step patterns of a style as positions in the bars of a piece.
