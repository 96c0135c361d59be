package response_test

import (
	"context"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

// TestPrintAttributes: printing shows values as the attributes give them, and asks for nothing that it would need for
// that.
func TestPrintAttributes(t *testing.T) {
	const md5 = "0123456789ABCDEF0123456789ABCDEF"
	process, binary := "GET /api/v1/process/"+oddGUID+"/0", "GET /api/v1/binary/"+md5+"/summary"
	printed := func(k *client.Kind, id string) wiretest.Step {
		return wiretest.Selected(k, id, func(ctx context.Context, o *client.Object) (any, error) {
			err := o.Load(ctx)
			return o.Print(), err
		})
	}
	run(t, []exchange{
		{name: "model.md 9, Process", do: printed(response.Process, oddGUID), asked: []string{process},
			answers: map[string][]string{process: {`200 {"process": {"id": "` + oddGUID + `", "process_pid": "7", "start": "2017-05-01T17:51:43.202Z",` +
				` "comms_ip": -1979811809, "path": "", "parent_md5": null, "last_update": "soon"}}`}},
			want: "response.Process:\n-> available via web UI at https://cb.example/#analyze/" + oddGUID + "/0\n" +
				"id                   : " + oddGUID + "\nprocess_pid          : 7\nstart                : 2017-05-01 17:51:43.202000\n" +
				"comms_ip             : 137.254.120.31\npath                 : \nparent_md5           : None\nlast_update          : soon\n"},
		{name: "model.md 9, Binary", do: printed(response.Binary, md5), asked: []string{binary},
			answers: map[string][]string{binary: {`200 {"md5": "` + md5 + `", "icon": "aWNvbg==", "timestamp": "2017-05-01T17:51:43Z"}`}},
			want: "response.Binary:\n-> available via web UI at https://cb.example/#binary/" + md5 + "\n" +
				"md5                  : " + md5 + "\ntimestamp            : 2017-05-01 17:51:43\n"},
	})
}
