/* Marks on a lesson's map by name: the page knows only bits, the lesson's world what they mean. */
#include "lab/language/language.h"
#include "lab/language/session.h"
#include "lab/lesson/run.h"
#include "lab/progress/retro.h"

#include <string.h>

bool retro_marks_add(const struct lesson *lesson, const struct question *question, int64_t bits,
                     struct text *to)
{
    struct error error = {0};
    struct session_options options = {.file = lesson->world_path};
    const char *names[LESSON_MARKS];
    struct session *session = session_open(lesson->world, strlen(lesson->world), &options, &error);
    bool built = session && session_build(session) != SESSION_FAILED;
    text_clear(to);
    if (built) {
        unsigned count = lesson_marks(question, session_variant(session, 0)->world, names);
        lesson_marks_add(to, names, count, bits);
    }
    if (session)
        session_close(session);
    return built;
}
