package response

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/cbtime"
)

// Binary is an executable file that an endpoint has seen. Source: contract/response.md, section 12.
var Binary = client.Define(client.Kind{
	Name: "Binary", Product: Name, Route: "/api/v1/binary", PrimaryKey: "md5",
	Doc:     "An executable file, known by its MD5: what it says of itself, who signed it, where it was seen.",
	Allows:  client.CanQuery | client.CanGet,
	Style:   searchStyle(100, "", search{console: "binaries", index: indexModules, fields: &binaryIndex}),
	Lenient: true,
	NewID:   binaryID,
	RowID:   func(_ *client.Client, row rowDoc) client.ID { return md5ID(textOf(row, "md5")) },
	Path: func(o *client.Object) (string, error) {
		return client.JoinPath("/api/v1/binary", o.ID().Key, "summary")
	},
	Printer: func(o *client.Object) string { return client.PrintAttributes(o, binaryLink(o)) },
	Fields:  binaryFields,
	Properties: append([]client.Property{
		{Name: "md5sum", Returns: "string", Doc: "MD5 of the file, in upper case.",
			Get: func(_ context.Context, o *client.Object) (any, error) { return o.ID().Key, nil }},
		{Name: "webui_link", Returns: "string", Doc: "Where the console shows the binary.",
			Get: func(_ context.Context, o *client.Object) (any, error) { return binaryLink(o), nil }},
		{Name: "file", Returns: "file", Doc: "The bytes of the file, downloaded as they are read; each access downloads again.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return Download(ctx, o) }},
		{Name: "frequency", Returns: "FrequencyData", Doc: "How often the file was seen: computer_count, process_count, all_process_count, module_frequency.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return frequency(ctx, o) }},
		orElse("observed_filenames", "observed_filename", "list", []any{}, "Paths that the file was seen at."),
		orElse("size", "orig_mod_len", "int", int64(0), "Size of the file in bytes."),
		orElse("copied_size", "copied_mod_len", "int", int64(0), "How many bytes of the file the server has a copy of."),
		{Name: "endpoints", Returns: "list of Sensor", Doc: "Sensors that have seen the file.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return endpoints(ctx, o) }},
		{Name: "version_info", Returns: "VersionInfo", Doc: "The file's version resource: file_desc, file_version, product_name, product_version, company_name, legal_copyright, original_filename.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return versionInfo(ctx, o) }},
		{Name: "signed", Returns: "bool", Doc: "Whether the file has a valid signature that is trusted.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return Signed(ctx, o) }},
		{Name: "signing_data", Returns: "SigningData", Doc: "The file's signature: result, publisher, issuer, subject, sign_time, program_name.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return signingData(ctx, o) }},
		orElse("digsig_publisher", "digsig_publisher", "string", "", "Who published the file, according to its signature."),
		orElse("digsig_issuer", "digsig_issuer", "string", "", "Who issued the certificate of the signature."),
		orElse("digsig_subject", "digsig_subject", "string", "", "Subject of the certificate of the signature."),
		orElse("digsig_sign_time", "digsig_sign_time", "string", "", "When the file was signed, as text."),
		orElse("digsig_prog_name", "digsig_prog_name", "string", "", "Name of the program that the signature gives."),
		orElse("is_64bit", "is_64bit", "bool", false, "Whether the file is a 64-bit executable."),
		orElse("is_executable_image", "is_executable_image", "bool", false, "Whether the file is a program, not a library."),
		{Name: "virustotal", Returns: "VirusTotal", Doc: "What VirusTotal found: score and link; 0 and empty text when nothing is known.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return virusTotal(ctx, o) }},
		{Name: "icon", Returns: "bytes", Doc: "The file's icon as a PNG; empty when it has none.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				v, _, err := o.Value(ctx, "icon")
				if err != nil {
					return nil, err
				}
				icon, err := base64.StdEncoding.DecodeString(text(v))
				if err != nil {
					return nil, client.Errorf("Binary %s: icon: %w", o.ID().Key, err)
				}
				return icon, nil
			}},
		{Name: "banned", Returns: "BannedHash", Doc: "The ban of the file's MD5, or False when it is not banned.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return banned(ctx, o) }},
	}, tagProperties()...),
	Methods: tagMethods(),
})

// binaryID reads an MD5, which the server wants in upper case.
func binaryID(_ context.Context, _ *client.Client, id any, _ client.Args) (client.ID, error) {
	s, ok := id.(string)
	if !ok {
		return client.ID{}, client.Errorf("Binary: got %v (%s) for an id, want the MD5 as text", id, client.TypeName(id))
	}
	if !isMD5(s) {
		return client.ID{}, &client.InvalidHashError{Value: s}
	}
	return md5ID(s), nil
}

func md5ID(s string) client.ID {
	if s == "" {
		return client.ID{}
	}
	upper := strings.ToUpper(s)
	return client.ID{Value: upper, Key: upper}
}

func isMD5(s string) bool {
	if len(s) != 32 {
		return false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') && (r < 'A' || r > 'F') {
			return false
		}
	}
	return true
}

func binaryLink(o *client.Object) string { return o.Client().URL() + "/#binary/" + o.ID().Key }

// orElse is a property that gives a field, or a value of its type when the server did not send it. A number or a truth
// value that is sent as text is read. Source: contract/events.md, section B.3.
func orElse(name, field, returns string, absent any, doc string) client.Property {
	return client.Property{Name: name, Returns: returns, Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			v, _, err := o.Value(ctx, field)
			if err != nil || v == nil {
				return absent, err
			}
			switch absent.(type) {
			case int64:
				if n, ok := client.Whole(v); ok {
					return n, nil
				}
			case bool:
				if b, err := strconv.ParseBool(text(v)); err == nil {
					return b, nil
				}
			}
			return v, nil
		}}
}

// Signed reports whether a binary has a valid signature that is trusted: only the result "Signed" is.
func Signed(ctx context.Context, binary *client.Object) (bool, error) {
	v, _, err := binary.Value(ctx, "digsig_result")
	return v == "Signed", err
}

// endpoints reads "HOST|sensor id" entries into sensors that know their name already.
func endpoints(ctx context.Context, o *client.Object) (any, error) {
	v, _, err := o.Value(ctx, "endpoint")
	if err != nil {
		return nil, err
	}
	entries, _ := v.([]any)
	sensors := []any{}
	for _, e := range entries {
		host, id, ok := strings.Cut(text(e), "|")
		n, err := strconv.ParseInt(id, 10, 64)
		if !ok || err != nil {
			o.Client().Log().WarnContext(ctx, "an endpoint of a binary cannot be read, left out", "md5", o.ID().Key, "entry", text(e))
			continue
		}
		sensor, err := o.Client().Kind("Sensor")
		if err != nil {
			return nil, err
		}
		sensors = append(sensors, o.Client().Cached(sensor, client.ID{Value: n, Key: id}, map[string]any{"computer_name": host}))
	}
	return sensors, nil
}

// versionFields are the fields of a version resource.
var versionFields = []string{"file_desc", "file_version", "product_name", "product_version", "company_name", "legal_copyright", "original_filename"}

func versionInfo(ctx context.Context, o *client.Object) (any, error) {
	values := map[string]any{}
	for _, name := range versionFields {
		v, _, err := o.Value(ctx, name)
		if err != nil {
			return nil, err
		}
		values[name] = text(v)
	}
	return Facts{Name: "VersionInfo", Values: values}, nil
}

func signingData(ctx context.Context, o *client.Object) (any, error) {
	values := map[string]any{}
	for name, field := range map[string]string{"result": "digsig_result", "publisher": "digsig_publisher", "issuer": "digsig_issuer",
		"subject": "digsig_subject", "program_name": "digsig_prog_name"} {
		v, _, err := o.Value(ctx, field)
		if err != nil {
			return nil, err
		}
		values[name] = text(v)
	}
	v, _, err := o.Value(ctx, "digsig_sign_time")
	if err != nil {
		return nil, err
	}
	values["sign_time"] = ""
	if s := text(v); s != "" {
		if values["sign_time"], err = cbtime.Parse(s); err != nil {
			return nil, client.Errorf("Binary %s: digsig_sign_time: %w", o.ID().Key, err)
		}
	}
	return Facts{Name: "SigningData", Values: values}, nil
}

func virusTotal(ctx context.Context, o *client.Object) (any, error) {
	score, _, err := o.Value(ctx, "alliance_score_virustotal")
	if err != nil {
		return nil, err
	}
	link, _, err := o.Value(ctx, "alliance_link_virustotal")
	if err != nil {
		return nil, err
	}
	n, _ := strconv.ParseInt(text(score), 10, 64)
	values := map[string]any{"score": n, "link": ""}
	if n != 0 {
		values["link"] = text(link)
	}
	return Facts{Name: "VirusTotal", Values: values}, nil
}

// frequency asks how often a binary was seen.
func frequency(ctx context.Context, o *client.Object) (any, error) {
	answer, err := getMap(ctx, o.Client(), "/api/v1/process/host/count",
		client.QueryParam{Name: "cb.freqver", Value: "1"}, client.QueryParam{Name: "name", Value: "md5"},
		client.QueryParam{Name: "md5", Value: o.ID().Key})
	if err != nil {
		return nil, err
	}
	count := func(name string) int64 { n, _ := strconv.ParseInt(text(answer[name]), 10, 64); return n }
	hosts, global, docs := count("hostCount"), count("globalCount"), count("numDocs")
	share := 0.0
	if docs > 0 {
		share = float64(global) / float64(docs)
	}
	return Facts{Name: "FrequencyData", Values: map[string]any{"computer_count": hosts, "process_count": global,
		"all_process_count": docs, "module_frequency": share}}, nil
}

// banned gives the ban of a binary's MD5, or false. A server that has no ban answers 404, or 409.
func banned(ctx context.Context, o *client.Object) (any, error) {
	ban, err := o.Client().Kind("BannedHash")
	if err != nil {
		return nil, err
	}
	hash, err := o.Client().SelectID(ctx, ban, strings.ToLower(o.ID().Key), client.Args{"force_init": true})
	var missing *client.ObjectNotFoundError
	var refused *client.ServerError
	switch {
	case errors.As(err, &missing), errors.As(err, &refused) && refused.Status == http.StatusConflict:
		return false, nil
	case err != nil:
		return nil, err
	}
	return hash, nil
}
