package response_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

const (
	someMD5  = "0123456789abcdef0123456789abcdef"
	banRoute = "/api/v1/banning/blacklist"
	banOf    = banRoute + "/" + someMD5
)

func ban(enabled bool, text string) string {
	return fmt.Sprintf(`200 {"md5hash": %q, "text": %s, "enabled": %v, "block_count": 0, "last_block_sensor_id": null, "audit": null}`, someMD5, text, enabled)
}

func banBody(enabled bool, text string) string {
	return fmt.Sprintf(`{"audit": null, "block_count": 0, "enabled": %v, "last_block_sensor_id": null, "md5hash": "%s", "text": %s}`, enabled, someMD5, text)
}

func TestBannedHash(t *testing.T) {
	const upper = "0123456789ABCDEF0123456789ABCDEF"
	success := []string{`200 {"result": "success"}`}
	run(t, []exchange{
		{name: "list: more than the server's 500", answers: map[string][]string{"GET " + banRoute + "?count=10000": {"200 [" + strings.TrimPrefix(ban(true, `"x"`), "200 ") + "]"}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.BannedHash), "md5hash")
			},
			asked: []string{"GET " + banRoute + "?count=10000"}, want: []any{someMD5}},
		{name: "object and joins", answers: map[string][]string{"GET " + banOf: {ban(true, `"x"`)}},
			do: wiretest.Selected(response.BannedHash, upper, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Read(ctx, o, "binary", "text", "last_block_sensor", "audit", "last_block_time")
			}),
			asked: []string{"GET " + banOf}, want: map[string]any{"binary": "Binary " + upper, "text": "x", "last_block_sensor": nil, "audit": []any{}, "last_block_time": nil}},
		{name: "not an MD5", do: wiretest.Selected(response.BannedHash, "c0ffee", nil), kind: "InvalidHashError", text: "c0ffee"},
		{name: "new, enabled: POST with the hash, then GET", answers: map[string][]string{"POST " + banRoute: success, "GET " + banOf: {ban(true, `"x"`)}},
			do:    wiretest.Creating(response.BannedHash, map[string]any{"md5hash": someMD5, "text": "x", "enabled": true}, "enabled", "block_count"),
			asked: []string{`POST ` + banRoute + ` {"enabled": true, "md5hash": "` + someMD5 + `", "text": "x"}`, "GET " + banOf},
			want:  map[string]any{"enabled": true, "block_count": int64(0)}},
		{name: "new without enabled: the hash is sent all the same", answers: map[string][]string{"POST " + banRoute: success, "GET " + banOf: {ban(true, `"x"`)}},
			do:    wiretest.Creating(response.BannedHash, map[string]any{"md5hash": upper, "text": "x"}, "enabled"),
			asked: []string{`POST ` + banRoute + ` {"md5hash": "` + upper + `", "text": "x"}`, "GET " + banOf},
			want:  map[string]any{"enabled": true}},
		{name: "new: md5hash is required", answers: nil, do: wiretest.Creating(response.BannedHash, map[string]any{"text": "x"}), kind: "InvalidObjectError", text: "[md5hash]"},
		{name: "new: not an MD5", do: wiretest.Creating(response.BannedHash, map[string]any{"md5hash": strings.Repeat("ab", 32), "enabled": true}), kind: "InvalidHashError"},
		{name: "new: banned already is a 409", answers: map[string][]string{"POST " + banRoute: {"409 exists"}},
			do:    wiretest.Creating(response.BannedHash, map[string]any{"md5hash": someMD5, "enabled": true}),
			asked: []string{`POST ` + banRoute + ` {"enabled": true, "md5hash": "` + someMD5 + `"}`}, kind: "ServerError", text: "409"},
		{name: "enabled, now true: POST of everything, then GET", answers: map[string][]string{"GET " + banOf: {ban(false, `"x"`), ban(true, `"x"`)}, "POST " + banRoute: success},
			do:    wiretest.Changing(response.BannedHash, someMD5, map[string]any{"enabled": true}, "enabled"),
			asked: []string{"GET " + banOf, "POST " + banRoute + " " + banBody(true, `"x"`), "GET " + banOf}, want: map[string]any{"enabled": true}},
		{name: "enabled, now false: DELETE, PUT that keeps the text, GET", answers: map[string][]string{
			"GET " + banOf: {ban(true, `"x"`), ban(false, `"x"`)}, "DELETE " + banOf: success, "PUT " + banOf: success},
			do:    wiretest.Changing(response.BannedHash, someMD5, map[string]any{"enabled": false}, "enabled", "text"),
			asked: []string{"GET " + banOf, "DELETE " + banOf, "PUT " + banOf + " " + banBody(false, `"x"`), "GET " + banOf},
			want:  map[string]any{"enabled": false, "text": "x"}},
		{name: "enabled, now false: no text, no PUT", answers: map[string][]string{
			"GET " + banOf: {ban(true, `""`), ban(false, `""`)}, "DELETE " + banOf: {"204"}},
			do:    wiretest.Changing(response.BannedHash, someMD5, map[string]any{"enabled": false}, "enabled"),
			asked: []string{"GET " + banOf, "DELETE " + banOf, "GET " + banOf}, want: map[string]any{"enabled": false}},
		{name: "enabled, now false: the text cannot be kept", answers: map[string][]string{
			"GET " + banOf: {ban(true, `"x"`)}, "DELETE " + banOf: success, "PUT " + banOf: {"500 disk full"}},
			do:    wiretest.Changing(response.BannedHash, someMD5, map[string]any{"enabled": false}),
			asked: []string{"GET " + banOf, "DELETE " + banOf, "PUT " + banOf + " " + banBody(false, `"x"`)},
			kind:  "ServerError", text: "was accepted, but the request that completes it failed: HTTP 500"},
		{name: "other changes: PUT of everything", answers: map[string][]string{"GET " + banOf: {ban(true, `"x"`), ban(true, `"y"`)}, "PUT " + banOf: success},
			do:    wiretest.Changing(response.BannedHash, someMD5, map[string]any{"text": "y"}, "text"),
			asked: []string{"GET " + banOf, "PUT " + banOf + " " + banBody(true, `"y"`), "GET " + banOf}, want: map[string]any{"text": "y"}},
		{name: "delete", answers: map[string][]string{"DELETE " + banOf: success},
			do:    wiretest.Selected(response.BannedHash, someMD5, func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) }),
			asked: []string{"DELETE " + banOf}},
		{name: "Binary.banned: the ban", answers: map[string][]string{"GET " + banOf: {ban(true, `"x"`)}},
			do:    wiretest.Selected(response.Binary, upper, func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "banned") }),
			asked: []string{"GET " + banOf}, want: map[string]any{"banned": "BannedHash " + someMD5}},
		{name: "Binary.banned: False on 409", answers: map[string][]string{"GET " + banOf: {"409 no"}},
			do:    wiretest.Selected(response.Binary, upper, func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "banned") }),
			asked: []string{"GET " + banOf}, want: map[string]any{"banned": false}},
		{name: "Binary.banned: an error of the server is one", answers: map[string][]string{"GET " + banOf: {"403 no"}},
			do:    wiretest.Selected(response.Binary, upper, func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "banned") }),
			asked: []string{"GET " + banOf}, kind: "ServerError", text: "403"},
		{name: "Binary.banned: False on 404", answers: map[string][]string{"GET " + banOf: {"404 no"}},
			do:    wiretest.Selected(response.Binary, upper, func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "banned") }),
			asked: []string{"GET " + banOf}, want: map[string]any{"banned": false}},
	})
}
