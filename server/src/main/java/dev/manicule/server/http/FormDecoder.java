package dev.manicule.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.MemoryAttribute;
import io.netty.handler.codec.http.multipart.MemoryFileUpload;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a body of {@code multipart/form-data} while it comes in, and passes its parts on. It holds no more than a field,
 * or some kilobytes of a file.
 *
 * <p>For one thread at a time.
 */
public final class FormDecoder implements AutoCloseable {
    private static final int MOST_FIELDS = 32;
    private static final int MOST_BYTES_OF_FIELD = 16 << 10;
    /** More than a piece of the body that waits for its end, with a field that is not whole. */
    private static final int MOST_BYTES_HELD = 128 << 10;

    private final String fileField;
    private final FormReceiver receiver;
    private final HttpPostMultipartRequestDecoder decoder;
    private boolean isClosed;

    /** The body is no form, or one with too many or too long fields. */
    public static final class FormException extends Exception {
        private static final long serialVersionUID = 1;

        FormException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * A decoder.
     *
     * @param contentType the media type of the body, with its boundary
     * @param fileField the name of the part that is a file, also where it gives no name of a file
     * @param receiver takes the parts
     * @throws FormException if that is no type of a form
     */
    public FormDecoder(String contentType, String fileField, FormReceiver receiver) throws FormException {
        this.fileField = fileField;
        this.receiver = receiver;
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        try {
            decoder = new HttpPostMultipartRequestDecoder(new Parts(), head, StandardCharsets.UTF_8, MOST_FIELDS,
                    MOST_BYTES_HELD);
            decoder.setDiscardThreshold(MOST_BYTES_OF_FIELD);
        } catch (HttpPostRequestDecoder.ErrorDataDecoderException | IllegalArgumentException e) {
            throw new FormException("The Content-Type is not multipart/form-data with a boundary.", e);
        }
    }

    /**
     * Decodes more of the body.
     *
     * @param bytes the next bytes
     * @param isLast whether they are the last ones
     * @throws FormException if they can't be a part of a form
     */
    public void decode(byte[] bytes, boolean isLast) throws FormException {
        ByteBuf wrapped = Unpooled.wrappedBuffer(bytes);
        HttpContent content = isLast ? new DefaultLastHttpContent(wrapped) : new DefaultHttpContent(wrapped);
        try {
            decoder.offer(content);
        } catch (RuntimeException e) { // it has one for each of the ways in which a body can be wrong
            throw new FormException("The body is not multipart/form-data, or has more than " + MOST_FIELDS
                    + " fields, or one of more than " + MOST_BYTES_OF_FIELD + " bytes.", e);
        }
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            decoder.destroy();
        }
    }

    /** Passes fields on when they are whole, and the bytes of files as they come. */
    private final class Parts extends DefaultHttpDataFactory {
        Parts() {
            super(false);
        }

        @Override
        public Attribute createAttribute(HttpRequest request, String name) {
            return attribute(name);
        }

        @Override
        public Attribute createAttribute(HttpRequest request, String name, long definedSize) {
            return attribute(name);
        }

        private Attribute attribute(String name) {
            if (name.equals(fileField)) { // some clients name no file
                receiver.fileBegins(name, null);
                return new NamelessUpload(name);
            }
            Field field = new Field(name);
            field.setMaxSize(MOST_BYTES_OF_FIELD);
            return field;
        }

        @Override
        public FileUpload createFileUpload(HttpRequest request, String name, String filename, String contentType,
                String contentTransferEncoding, Charset charset, long size) {
            receiver.fileBegins(name, contentType);
            return new Upload(name, filename, contentType, contentTransferEncoding, charset);
        }
    }

    private final class Field extends MemoryAttribute {
        Field(String name) {
            super(name, StandardCharsets.UTF_8);
        }

        @Override
        public void addContent(ByteBuf buffer, boolean last) throws IOException {
            super.addContent(buffer, last);
            if (last) {
                receiver.field(getName(), getValue());
            }
        }
    }

    /** Passes on more bytes of a file, and releases them. */
    private void pass(ByteBuf bytes, boolean isLast) {
        try {
            if (bytes.isReadable()) {
                receiver.fileBytes(bytes.nioBuffer());
            }
        } finally {
            bytes.release();
        }
        if (isLast) {
            receiver.fileEnds();
        }
    }

    /** A file whose part gives it no name, which is a field to the decoder. */
    private final class NamelessUpload extends MemoryAttribute {
        NamelessUpload(String name) {
            super(name, StandardCharsets.UTF_8);
        }

        @Override
        public void addContent(ByteBuf buffer, boolean last) {
            pass(buffer, last);
            if (last) {
                setCompleted();
            }
        }
    }

    private final class Upload extends MemoryFileUpload {
        Upload(String name, String filename, @Nullable String contentType, @Nullable String contentTransferEncoding,
                Charset charset) {
            super(name, filename, contentType, contentTransferEncoding, charset, 0);
        }

        @Override
        public void addContent(ByteBuf buffer, boolean last) {
            pass(buffer, last);
            if (last) {
                setCompleted();
            }
        }
    }
}
