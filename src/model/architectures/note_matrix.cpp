#include "model/architecture.h"

namespace undersong {

// The paper reads a matrix of note, velocity and time interval; duration and tempo stand beside
// them here, and every column of a note is drawn given the columns before it.
Architecture note_matrix_architecture() {
  Architecture matrix;
  matrix.name = "note-matrix";
  matrix.summary = "pitch, loudness, interval, duration and tempo of each note: rhythm varies";
  matrix.source = "Mangal, Modak & Joshi 2019, arXiv:1908.01080";
  matrix.representation = Representation::kNoteMatrix;
  matrix.reading = Reading::kRecurrent;
  matrix.layers = {
      {.kind = LayerKind::kColumnEmbedding, .units = 256}, {.kind = LayerKind::kLstm, .units = 256},
      {.kind = LayerKind::kDropout, .rate = 0.75},         {.kind = LayerKind::kLstm, .units = 256},
      {.kind = LayerKind::kDropout, .rate = 0.4},          {.kind = LayerKind::kColumnHead},
  };
  matrix.defaults = {.epochs = 60,
                     .batch = 32,
                     .learning_rate = 0.01,
                     .window = 64,
                     .transpose = 5,
                     .patience = 8};
  return matrix;
}

}  // namespace undersong
