package gate

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"time"

	"log/slog"
)

// The messages of the log lines. Each has method and path; path has the query, and no scheme or host.
const (
	// MessageSending comes before a request with a JSON body, at debug level, with body: its text, without secrets.
	MessageSending = "sending request"
	// MessageAnswer comes after every answer, error statuses too, at debug level, with seconds until its body began
	// and status.
	MessageAnswer = "received answer"
	// MessageFailed comes after every try without an answer, at debug level, with seconds and error.
	MessageFailed = "request failed"
	// MessageRetry comes before a further try, with retry, its number from 1, seconds, the wait before it, and error,
	// the reason. It is at warn level when the wait is a second or longer, else at debug level.
	MessageRetry = "trying again"
)

// maxLogged is the size of the longest body that is logged.
const maxLogged = 64 << 10

// logSending logs what is about to be sent, when it is JSON that can be read twice.
func (g *Gate) logSending(req *http.Request) {
	ctx := req.Context()
	if req.GetBody == nil || req.Body == nil || req.Body == http.NoBody || !g.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	if media, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type")); media != "application/json" {
		return
	}
	body, err := req.GetBody()
	if err != nil {
		return
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxLogged+1))
	if err != nil {
		return
	}
	shown := "(longer than 64 KiB)"
	if len(text) <= maxLogged {
		// A text that is not understood could hold a password anywhere.
		if shown, err = RedactJSON(bytes.TrimSpace(text)); err != nil {
			shown = "(not JSON)"
		}
	}
	g.log.DebugContext(ctx, MessageSending, "method", req.Method, "path", g.pathOf(req), "body", g.Redact(shown))
}

func (g *Gate) logAnswer(req *http.Request, status int, took time.Duration) {
	g.log.DebugContext(req.Context(), MessageAnswer,
		"method", methodOf(req), "path", g.pathOf(req), "seconds", took.Seconds(), "status", status)
}

func (g *Gate) logFailed(req *http.Request, took time.Duration, fault *Error) {
	g.log.DebugContext(req.Context(), MessageFailed,
		"method", methodOf(req), "path", g.pathOf(req), "seconds", took.Seconds(), "error", fault.Error())
}

func (g *Gate) logRetry(x *exchange, err error, wait time.Duration) {
	level := slog.LevelDebug
	if wait >= time.Second {
		level = slog.LevelWarn
	}
	g.log.Log(x.req.Context(), level, MessageRetry, "method", methodOf(x.req), "path", g.pathOf(x.req),
		"retry", x.tries, "seconds", wait.Seconds(), "error", g.Redact(err.Error()))
}

// methodOf is the method in words: an empty one means GET.
func methodOf(req *http.Request) string {
	if req.Method == "" {
		return http.MethodGet
	}
	return req.Method
}
