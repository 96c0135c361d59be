package response

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client"
)

const pathBans = "/api/v1/banning/blacklist"

// BannedHash is an MD5 whose files the sensors keep from running. Source: contract/response.md, section 9.
var BannedHash = client.Define(client.Kind{
	Name: "BannedHash", Product: Name, PrimaryKey: "md5hash",
	Route: pathBans,
	// The server lists 500 bans unless it is asked for more.
	ListRoute: pathBans + "?count=10000",
	Doc:       "A banned hash: files with that MD5 are kept from running on endpoints whose group has banning enabled.",
	Allows:    client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:     client.SimpleList(), FullRows: true,
	NewID: func(_ context.Context, _ *client.Client, id any, _ client.Args) (client.ID, error) {
		md5, err := bannableMD5(id)
		return client.ID{Value: md5, Key: md5}, err
	},
	Path:   func(o *client.Object) (string, error) { return banPath(o.ID().Key) },
	Saving: saveBan, Cautions: banCautions,
	Changes: []client.Route{{Method: http.MethodPost, Path: pathBans, Needs: []client.Capability{client.Write}, Objects: bannedByBody}},
	Fields: []client.Field{
		{Name: "md5hash", Type: client.Text, Required: true, Doc: "the MD5 that is banned"},
		{Name: "text", Type: client.Text, Doc: "why it is banned"},
		{Name: "enabled", Type: client.Bool, Doc: "whether the ban is in force"},
		{Name: "username", Type: client.Text, ReadOnly: true, Doc: "who banned it"},
		{Name: "user_id", Type: client.Int, ReadOnly: true, Doc: "number of the user who banned it"},
		{Name: "timestamp", Type: client.Time, ReadOnly: true, Doc: "when it was banned"},
		{Name: "block_count", Type: client.Int, ReadOnly: true, Doc: "how often sensors kept it from running"},
		{Name: "last_block_time", Type: client.Time, ReadOnly: true, Doc: "when a sensor last kept it from running"},
		{Name: "last_block_hostname", Type: client.Text, ReadOnly: true, Doc: "name of the endpoint where that was"},
		{Name: "last_block_sensor_id", Type: client.Int, ReadOnly: true, Doc: "number of the sensor where that was"},
		{Name: "audit", Type: client.List, ReadOnly: true, Doc: "how the ban was changed: dicts of username, user_id, timestamp, text, enabled"},
	},
	Properties: []client.Property{
		join("binary", "md5hash", "Binary", "The binary that is banned."),
		joinUnlessZero("last_block_sensor", "last_block_sensor_id", "Sensor", "The sensor that last kept it from running; None when none has."),
	},
})

// bannableMD5 reads an MD5, which the server keeps in lower case.
func bannableMD5(id any) (string, error) {
	s, ok := id.(string)
	if !ok {
		return "", client.Errorf("BannedHash: got %v (%s) for an id, want the MD5 as text", id, client.TypeName(id))
	}
	if !isMD5(s) {
		return "", &client.InvalidHashError{Value: s}
	}
	return strings.ToLower(s), nil
}

func banPath(md5 string) (string, error) { return client.JoinPath(pathBans, strings.ToLower(md5)) }

// saveBan sends a ban as the server wants it: what puts a ban in force is a POST to the list, with the hash in the
// body; what takes it out of force is a DELETE, which drops the text as well, so that the text is put back.
//
// Source: contract/response.md, section 9; known-bugs.md, row 9.
func saveBan(_ context.Context, o *client.Object, isNew bool) (client.Request, error) {
	body := o.Data()
	if body["md5hash"] == nil {
		return client.Request{}, &client.InvalidObjectError{Model: "BannedHash", Fields: []string{"md5hash"},
			Message: "missing fields of BannedHash: [md5hash]"}
	}
	md5, err := bannableMD5(body["md5hash"])
	if err != nil {
		return client.Request{}, err
	}
	path, err := banPath(md5)
	if err != nil {
		return client.Request{}, err
	}
	switch enabled := body["enabled"]; {
	case isNew, o.IsChanged("enabled") && enabled == true:
		return client.Request{Method: http.MethodPost, Path: pathBans, Body: body}, nil
	case o.IsChanged("enabled"):
		lift := client.Request{Method: http.MethodDelete, Path: path}
		if text(body["text"]) != "" || len(o.Changed()) > 1 {
			lift.Then = []client.Request{{Method: http.MethodPut, Path: path, Body: body}}
		}
		return lift, nil
	}
	return client.Request{Method: http.MethodPut, Path: path, Body: body}, nil
}

// bannedByBody names the hash that a POST to the list bans.
func bannedByBody(body []byte) ([]string, error) {
	members, err := client.Members(body)
	if err != nil {
		return nil, err
	}
	var md5 string
	if err := json.Unmarshal(members["md5hash"], &md5); err != nil {
		return nil, errors.New("the ban has no md5hash")
	}
	return []string{"BannedHash " + strings.ToLower(md5)}, nil
}

// joinUnlessZero is a join whose field holds zero or less when there is nothing to join.
func joinUnlessZero(name, field, model, doc string) client.Property {
	return client.Property{Name: name, Returns: model, Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			id, _, err := o.Value(ctx, field)
			if err != nil || id == nil || id == "" {
				return nil, err
			}
			if n, ok := wholeNumber(id); ok && n <= 0 {
				return nil, nil
			}
			return o.Join(ctx, field, model)
		}}
}

// wholeNumber reads a number that servers send as a number or as text.
func wholeNumber(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}
