#include "corpus/licence.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

TEST(WeightTerms, TakesThePublicDomainWithoutConditions) {
  for (const char* licence : {"CC0-1.0", "CC0", "cc0 1.0", "Public Domain", "public-domain", "PD",
                              "CC-PDDC", "PDDL-1.0", "Unlicense", "0BSD"})
    EXPECT_EQ(weight_terms(licence), WeightTerms::kPublishable) << licence;
}

TEST(WeightTerms, TakesAttributionAndNoticesWithCredits) {
  for (const char* licence : {"CC-BY-4.0", "CC BY 4.0", "cc-by-3.0-DE", "CC-BY", "BSD-3-Clause",
                              "BSD 3-clause", "BSD", "MIT", "ISC", "Zlib", "Apache-2.0", "(MIT)"})
    EXPECT_EQ(weight_terms(licence), WeightTerms::kPublishableWithCredits) << licence;
}

TEST(WeightTerms, KeepsPrivateWhatIsShareAlikeNonCommercialOrUnknown) {
  for (const char* licence : {"", " ", "CC-BY-SA-3.0-DE", "CC BY-SA 4.0", "CC-BY-NC-4.0",
                              "CC-BY-ND-4.0", "CC BY NC SA 4.0", "GPL-3.0-or-later", "GPL-2.0-only",
                              "Artistic-1.0", "LGPL-2.1", "All Rights Reserved", "unknown",
                              "proprietary", "no CC0", "mitigated", "pdf", "CC0 except the voice"})
    EXPECT_EQ(weight_terms(licence), WeightTerms::kPrivate) << licence;
}

TEST(WeightTerms, ReadsWhatPlatformsWrite) {
  for (const char* licence :
       {"Creative Commons Attribution license (reuse allowed)",
        "Creative Commons Attribution licence (reuse allowed)", "Creative Commons - Attribution",
        "Attribution 4.0 International", "Attribution 3.0 Unported (CC BY 3.0)",
        "https://creativecommons.org/licenses/by/4.0/",
        "http://creativecommons.org/licenses/by/2.5"})
    EXPECT_EQ(weight_terms(licence), WeightTerms::kPublishableWithCredits) << licence;
  for (const char* licence : {"https://creativecommons.org/publicdomain/zero/1.0/",
                              "http://creativecommons.org/publicdomain/mark/1.0/"})
    EXPECT_EQ(weight_terms(licence), WeightTerms::kPublishable) << licence;
  for (const char* licence :
       {"Standard YouTube License", "Creative Commons", "all-rights-reserved",
        "Creative Commons Attribution-NonCommercial 4.0 International",
        "Creative Commons Attribution Non-Commercial", "Attribution-ShareAlike 3.0 Unported",
        "Attribution-NoDerivs", "https://creativecommons.org/licenses/by-nc/4.0/",
        "https://creativecommons.org/licenses/by-sa/4.0/", "https://creativecommons.org/",
        "reuse allowed", "Attribution required, ask me first",
        "https://example.org/licenses/by/4.0"})
    EXPECT_EQ(weight_terms(licence), WeightTerms::kPrivate) << licence;
}

TEST(WeightTerms, WeighsExpressionsAsSpdxDoes) {
  EXPECT_EQ(weight_terms("GPL-3.0-only OR MIT"), WeightTerms::kPublishableWithCredits);
  EXPECT_EQ(weight_terms("GPL-3.0-only AND MIT"), WeightTerms::kPrivate);
  EXPECT_EQ(weight_terms("CC0-1.0 AND CC-BY-4.0"), WeightTerms::kPublishableWithCredits);
  EXPECT_EQ(weight_terms("GPL-2.0-only AND MIT OR CC0-1.0"), WeightTerms::kPublishable);
}

TEST(IsPublishable, IsWhateverIsNotPrivate) {
  EXPECT_TRUE(is_publishable("CC0-1.0"));
  EXPECT_TRUE(is_publishable("CC-BY-4.0"));
  EXPECT_FALSE(is_publishable("CC-BY-SA-3.0-DE"));
  EXPECT_FALSE(is_publishable(""));
}

}  // namespace
}  // namespace undersong
